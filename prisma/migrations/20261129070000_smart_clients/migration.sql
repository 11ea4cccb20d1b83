-- Clients made by an administrator: a name, and keys at a URL. What runs before this version reads neither.
ALTER TABLE "clients" ADD COLUMN "name" TEXT;
ALTER TABLE "clients" ADD COLUMN "jwks_uri" TEXT;

-- Access tokens that were ended before their time; kept until they expire.
CREATE TABLE "revoked_tokens" (
    "tenant" INTEGER NOT NULL,
    "client" TEXT NOT NULL,
    "jti" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "revoked_tokens_pkey" PRIMARY KEY ("tenant", "client", "jti")
);
