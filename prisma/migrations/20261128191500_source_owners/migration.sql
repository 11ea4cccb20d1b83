-- Which client may send under the name of a source (docs/adr/0017).
CREATE TABLE "source_owners" (
    "tenant" INTEGER NOT NULL,
    "source" TEXT NOT NULL,
    "client" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "source_owners_pkey" PRIMARY KEY ("tenant", "source")
);

-- Of what was stored before, the author is known where a source is a client's own id. Other names become their next user's.
INSERT INTO source_owners (tenant, source, client)
  SELECT DISTINCT s.tenant, s.source, c.id FROM sources s JOIN clients c ON c.tenant = s.tenant AND c.id = s.source;
