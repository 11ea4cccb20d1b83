import {
  heartRate,
  TestFhirGateway,
  tokenOf,
  type Reply,
  type Resource,
} from '../../../../test/support/fhir-gateway.js';

export const SYSTEM = 'http://terminology.hl7.org/CodeSystem/observation-category';
export const category = (code: string): object => ({ category: [{ coding: [{ system: SYSTEM, code }] }] });
export const observation = (code: string, more: object = {}): Resource =>
  heartRate('Patient/p', 60, { ...category(code), ...more });
export const ALL = tokenOf(1, 'system/*.cruds');
export const VITALS = tokenOf(1, 'system/Observation.cruds?category=vital-signs', 'system/Patient.rs?gender=female');

/** A gateway with resources within the scopes of `VITALS`, outside of them, and such that came in or left. */
export class RestrictedGateway {
  private constructor(readonly gateway: TestFhirGateway) {}

  static async open(): Promise<RestrictedGateway> {
    const restricted = new RestrictedGateway(await TestFhirGateway.open());
    await restricted.fill();
    return restricted;
  }

  close(): Promise<void> {
    return this.gateway.close();
  }

  send(method: string, path: string, body?: unknown, headers: object = {}, token = VITALS): Promise<Reply> {
    return this.gateway.send(method, path, body, { authorization: `Bearer ${token}`, ...headers });
  }

  asAll(method: string, path: string, body?: unknown): Promise<Reply> {
    return this.send(method, path, body, {}, ALL);
  }

  private async fill(): Promise<void> {
    const put = (path: string, body: unknown): Promise<Reply> => this.asAll('PUT', path, body);
    await put('/Patient/p', {
      resourceType: 'Patient',
      id: 'p',
      gender: 'male',
      identifier: [{ system: 'urn:x', value: 'p' }],
    });
    await put('/Patient/q', {
      resourceType: 'Patient',
      id: 'q',
      gender: 'female',
      identifier: [{ system: 'urn:x', value: 'q' }],
    });
    await put('/Observation/vital', observation('vital-signs', { id: 'vital' }));
    await put('/Observation/lab', observation('laboratory', { id: 'lab' }));
    for (const id of ['p', 'q']) {
      const subject = { reference: `Patient/${id}` };
      await put(`/Condition/of-${id}`, {
        resourceType: 'Condition',
        id: `of-${id}`,
        subject,
        code: { text: 'x' },
      });
    }
    await put(
      '/Observation/of-q-lab',
      observation('laboratory', { id: 'of-q-lab', subject: { reference: 'Patient/q' } }),
    );
    await put(
      '/Observation/of-q-vital',
      observation('vital-signs', { id: 'of-q-vital', subject: { reference: 'Patient/q' } }),
    );
    // Was outside, came in, and left again; and the other way round.
    await put('/Observation/left', observation('vital-signs', { id: 'left' }));
    await put('/Observation/left', observation('laboratory', { id: 'left' }));
    await put('/Observation/came', observation('laboratory', { id: 'came' }));
    await put('/Observation/came', observation('vital-signs', { id: 'came' }));
    await put('/Observation/gone-lab', observation('laboratory', { id: 'gone-lab' }));
    await this.asAll('DELETE', '/Observation/gone-lab');
    await put('/Observation/gone-vital', observation('vital-signs', { id: 'gone-vital' }));
    await this.asAll('DELETE', '/Observation/gone-vital');
  }
}
