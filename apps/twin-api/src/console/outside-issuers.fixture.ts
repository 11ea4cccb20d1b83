import { RunningApi } from '../../../../test/support/running-api.js';
import { SECOND_CLIENT, SecondIssuer } from '../../../../test/support/sign-in/second-issuer.js';
import { TwinApiModule } from '../twin-api.module.js';

/** An API whose people sign in at the issuer of a hospital, or are launched from an EHR; both are real ones. */
export class OutsideIssuers {
  private constructor(
    readonly hospital: SecondIssuer,
    readonly ehr: SecondIssuer,
    readonly api: RunningApi,
  ) {}

  static async start(env: Readonly<Record<string, string>> = {}): Promise<OutsideIssuers> {
    const hospital = await SecondIssuer.start('userinfo');
    const ehr = await SecondIssuer.start('id-token');
    const api = await RunningApi.open((platform) => [TwinApiModule.forRoot(platform)], {
      env: {
        OIDC_ISSUER: hospital.url,
        OIDC_CLIENT_ID: SECOND_CLIENT.id,
        OIDC_CLIENT_SECRET: SECOND_CLIENT.secret,
        SMART_EHR_ISSUERS: ehr.fhir,
        SMART_CLIENT_ID: SECOND_CLIENT.id,
        SMART_CLIENT_SECRET: SECOND_CLIENT.secret,
        SMART_TENANT: 'north',
        ...env,
      },
    });
    return new OutsideIssuers(hospital, ehr, api);
  }

  async stop(): Promise<void> {
    await this.api.close();
    await this.hospital.stop();
    await this.ehr.stop();
  }
}
