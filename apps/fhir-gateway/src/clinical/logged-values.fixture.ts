import type { Reply, TestFhirGateway } from '../../../../test/support/fhir-gateway.js';

interface Logged {
  readonly patient: string;
  readonly values: readonly number[];
}

/** What was appended to the log since `from`: measurements by patient. */
export async function loggedSince(gateway: TestFhirGateway, from: number): Promise<Logged[]> {
  const records = (await gateway.records()).slice(from);
  return records
    .map((record) => ({
      patient: record['patient'] as string,
      values: (record['samples'] as { x: number; w?: 1 }[]).filter(({ w }) => w === undefined).map(({ x }) => x),
    }))
    .filter(({ values }) => values.length > 0)
    .sort((a, b) => (a.patient < b.patient ? -1 : 1));
}

export async function rejections(
  gateway: TestFhirGateway,
  where = 'TRUE',
): Promise<readonly Record<string, unknown>[]> {
  const { rows } = await gateway.pool.query<Record<string, unknown>>(
    `SELECT door, code, resource, patient, client, "index" FROM rejections WHERE ${where} ORDER BY id`,
  );
  return rows;
}

/** Severity, code and place of each issue of an entry's outcome. */
export function warnings(reply: Reply, index: number): unknown[] {
  const { outcome } = reply.json.entry[index].response;
  return (outcome?.issue ?? []).map(
    (issue: { severity: string; details: { coding: { code: string }[] }; expression: string[] }) => [
      issue.severity,
      issue.details.coding[0]?.code,
      issue.expression[0],
    ],
  );
}
