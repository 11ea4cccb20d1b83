/** Why something that was stored gave no measurement or fact, in words that say what would be right; never with what was sent. */
const WORDS = {
  // Whose it is.
  'patient-missing': 'it names no subject, so it is nobody of ours',
  'subject-elsewhere': 'the subject is at another server; refer to a Patient of this one',
  'subject-not-a-patient': 'the subject is neither a Patient nor a Device',
  'subject-unresolved':
    'the subject cannot be resolved; refer to a Patient of this server, or to one by a unique identifier',
  'unknown-patient': 'no Patient of this server has the identifier of the subject',
  'reference-ambiguous': 'more than one Patient has the identifier of the subject',
  'subject-contradictory': 'reference, type and identifier of the subject do not name the same resource',
  'device-without-patient': 'no patient was on the Device at that time',
  'device-unresolved':
    'the device cannot be resolved; refer to a Device of this server, or to one by a unique identifier',
  'focus-not-subject': 'it is about something else than its subject (focus)',
  // What may change its meaning.
  'modifier-extension': 'a modifier extension that is not understood may change its meaning',
  'implicit-rules': 'implicitRules that are not understood may change its meaning',
  'status-not-final': 'its status is not that of a result: final, amended, corrected or preliminary',
  withdrawn: 'it is entered in error or cancelled',
  'contained-not-measured': 'contained Observations are not measured; send them as resources of their own',
  'bundled-not-measured': 'Observations of a stored Bundle or Parameters are not measured; send them in a transaction',
  'not-given':
    'its status does not say that it was given: completed or in-progress; of a rate also on-hold or stopped, with the end of its time',
  // What it is and how much.
  'medication-not-coded': 'its medication has no code; a text alone is not enough',
  'medication-code-unknown':
    'none of the codes of its medication is an insulin known here; add the code of the ingredient',
  'medication-unresolved':
    'its medication cannot be resolved; give codes, contain the Medication, or refer to one of this server or the same bundle',
  'insulin-not-rapid': 'intermediate, long-acting, mixed and inhaled insulins are no boluses of rapid-acting insulin',
  'dose-missing': 'it has neither a dose nor a rate',
  'dose-and-rate': 'dose and rate are of the same insulin: only one of them is measured',
  'type-not-mapped': 'resources of this type give the twin nothing',
  'unknown-code': 'none of its codes is in the catalogue of measures',
  'code-contradictory': 'its codes are of different measures',
  'value-missing': 'it has no value',
  'value-absent': 'it says why the value is absent',
  'value-not-a-quantity': 'the value of this measure must be a Quantity, or SampledData of even spacing',
  'value-not-finite': 'the number is too large',
  'comparator-unsupported': 'a bound is no value of this measure',
  'missing-unit': 'the quantity has no code of its unit',
  'unit-not-ucum': 'the unit is not of UCUM (http://unitsofmeasure.org)',
  'unit-unknown': 'the unit is not one of this measure',
  'unit-mismatch': 'the unit is of another kind of quantity than the measure',
  'impossible-value': 'the value is outside what is possible for the measure; was another unit meant?',
  'series-invalid':
    'SampledData needs an origin, a period over 0 and up to an hour (31 days for single values), and data of decimals, E, U or L, as many as its dimensions say',
  'series-too-long': 'SampledData of single values may hold up to 20,000',
  'series-gaps': 'points that are E, U or L have no value and are left out',
  // When it was.
  'timestamp-missing': 'it has no effective time',
  'timestamp-imprecise': 'its effective time is a date, not an instant; give a time with an offset',
  'timestamp-invalid': 'its effective time does not exist, or is of more than one instant',
  'use-undated':
    'when the device was used is not known; give a timingPeriod with its start, and its end where the use is over',
  'timestamp-in-future': "its effective time is more than ten minutes after the server's clock",
  'timestamp-before-birth': 'its effective time is before anybody alive was born',
} as const;

/** Shared with the wearable gateway where the reason is the same. */
export type UnmeasuredReason = keyof typeof WORDS;

export function describeUnmeasured(reason: UnmeasuredReason): string {
  return WORDS[reason];
}
