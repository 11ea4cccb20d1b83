import { serve } from '#libs/platform/runtime';
import { FhirGatewayModule } from './fhir-gateway.module.js';

await serve('fhir-gateway', (platform) => [FhirGatewayModule.forRoot(platform)]);
