import { z } from 'zod';

const ValidationMode = z
  .enum(['strict', 'lenient'])
  .describe(
    'strict: a FHIR resource that breaks a rule is refused; lenient: it is stored with a warning, if its structure is sound',
  );

/** Replaces all settings of the tenant: what is absent is as the processes are configured. */
export const PutSettingsRequest = z.strictObject({ validationMode: ValidationMode.optional() });
export const SettingsSchema = z.object({ validationMode: ValidationMode });
