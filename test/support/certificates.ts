import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Files of an authority and of a server for 127.0.0.1 that it vouches for, and of an authority that vouches for nobody. */
export interface Certificates {
  readonly ca: string;
  readonly otherCa: string;
  readonly key: string;
  readonly certificate: string;
  /** Key and certificate in one file. */
  readonly both: string;
}

export function makeCertificates(folder: string): Certificates {
  const at = (name: string): string => join(folder, name);
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  for (const name of ['ca', 'other-ca'])
    openssl([
      'req',
      '-x509',
      ...newKey,
      '-keyout',
      at(`${name}.key`),
      '-out',
      at(`${name}.pem`),
      '-subj',
      `/CN=${name}`,
    ]);
  openssl(['req', ...newKey, '-keyout', at('server.key'), '-out', at('server.csr'), '-subj', '/CN=server']);
  writeFileSync(at('server.ext'), 'subjectAltName=IP:127.0.0.1\n');
  const signer = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial', '-extfile', at('server.ext')];
  openssl(['x509', '-req', '-in', at('server.csr'), ...signer, '-days', '2', '-out', at('server.pem')]);
  writeFileSync(at('both.pem'), readFileSync(at('server.key'), 'utf8') + readFileSync(at('server.pem'), 'utf8'));
  return {
    ca: at('ca.pem'),
    otherCa: at('other-ca.pem'),
    key: at('server.key'),
    certificate: at('server.pem'),
    both: at('both.pem'),
  };
}

function openssl(args: readonly string[]): void {
  const { status, stderr } = spawnSync('openssl', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`openssl ${args[0]}: ${stderr}`);
}
