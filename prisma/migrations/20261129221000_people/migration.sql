-- People who sign in to the console, by name and password. Names are unique over all tenants, whatever their case: who signs in gives no tenant.
CREATE TABLE "users" (
  "tenant" INTEGER NOT NULL REFERENCES "tenants" ("key"),
  "id" UUID NOT NULL,
  "name" TEXT NOT NULL,
  "folded_name" TEXT NOT NULL,
  "roles" TEXT[] NOT NULL,
  "password_hash" TEXT NOT NULL,
  "fhir_user" TEXT,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  PRIMARY KEY ("tenant", "id")
);
CREATE UNIQUE INDEX "users_folded_name_key" ON "users" ("folded_name");

-- Sessions of browsers. The cookie itself is not here: its SHA-256 is. `grant` stands for what the user was at sign-in; sessions of an outside
-- issuer have no user here.
CREATE TABLE "sessions" (
  "tenant" INTEGER NOT NULL REFERENCES "tenants" ("key"),
  "id" UUID NOT NULL,
  "token_hash" TEXT NOT NULL,
  "subject" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "roles" TEXT[] NOT NULL,
  "fhir_user" TEXT,
  "user_id" UUID,
  "grant" TEXT,
  "issuer" TEXT,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "seen_at" TIMESTAMPTZ(3) NOT NULL,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  PRIMARY KEY ("tenant", "id")
);
CREATE UNIQUE INDEX "sessions_token_hash_key" ON "sessions" ("token_hash");
CREATE INDEX "sessions_expires_at_idx" ON "sessions" ("expires_at");

-- What the embedded issuer keeps between two requests of a sign-in: minutes.
CREATE TABLE "issuer_artifacts" (
  "kind" TEXT NOT NULL,
  "id" TEXT NOT NULL,
  "payload" JSONB NOT NULL,
  "uid" TEXT,
  "grant_id" TEXT,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  PRIMARY KEY ("kind", "id")
);
CREATE INDEX "issuer_artifacts_uid_idx" ON "issuer_artifacts" ("uid");
CREATE INDEX "issuer_artifacts_grant_id_idx" ON "issuer_artifacts" ("grant_id");
CREATE INDEX "issuer_artifacts_expires_at_idx" ON "issuer_artifacts" ("expires_at");
