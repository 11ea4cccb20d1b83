/**
 * Which codes are insulins. `rapid`: rapid-acting analogues and soluble human insulin, whose course the models know. `any`: insulin without saying
 * which; taken as rapid. `other`: intermediate, long-acting, mixed and inhaled insulins, whose course is another one.
 */
export type InsulinKind = 'rapid' | 'any' | 'other';

const RXNORM = 'http://www.nlm.nih.gov/research/umls/rxnorm';
const SNOMED = 'http://snomed.info/sct';
/** The URI of R4 (terminologies-systems.html), and the OID that older senders use. */
const ATC = ['http://www.whocc.no/atc', 'urn:oid:2.16.840.1.113883.6.73'];

/**
 * RxNorm concepts: ingredients, and products that public examples use (Synthea's modules, the FHIR example medicationadministration0308). RxNorm has
 * some hundreds of insulin products: a sender of others adds the ingredient as a second coding.
 */
const RXNORM_KINDS: Readonly<Record<string, InsulinKind>> = {
  '5856': 'any', // insulin
  '51428': 'rapid', // insulin aspart, human
  '86009': 'rapid', // insulin lispro
  '400008': 'rapid', // insulin glulisine, human
  '253182': 'rapid', // insulin, regular, human
  '274783': 'other', // insulin glargine
  '139825': 'other', // insulin detemir
  '1670007': 'other', // insulin degludec
  '865098': 'rapid', // Insulin Lispro 100 UNT/ML Injectable Solution [Humalog]
  '311034': 'rapid', // insulin, regular, human 100 UNT/ML Injectable Solution
  '106892': 'other', // insulin isophane, human 70 UNT/ML / insulin, regular, human 30 UNT/ML Injectable Suspension [Humulin]
  '285018': 'other', // insulin glargine 100 UNT/ML Injectable Solution [Lantus]
};

const SNOMED_KINDS: Readonly<Record<string, InsulinKind>> = {
  '67866001': 'any', // Insulin (substance)
  '39487003': 'any', // Insulin-containing product
  '96367001': 'any', // Human insulin (substance)
  '411531001': 'rapid', // Short-acting insulin (substance)
  '412210000': 'rapid', // Insulin lispro (substance)
  '325072002': 'rapid', // Insulin aspart (substance)
  '411529005': 'other', // Insulin glargine (substance)
  '414515005': 'other', // Insulin detemir (substance)
};

/** The insulin that a coding names, or undefined where it names none that is known here. */
export function insulinOf(system: string, code: string): InsulinKind | undefined {
  if (system === RXNORM) return Object.hasOwn(RXNORM_KINDS, code) ? RXNORM_KINDS[code] : undefined;
  if (system === SNOMED) return Object.hasOwn(SNOMED_KINDS, code) ? SNOMED_KINDS[code] : undefined;
  return ATC.includes(system) ? ofAtc(code) : undefined;
}

/** WHO ATC group A10A, insulins and analogues: AB fast-acting, AC intermediate, AD with fast-acting, AE long-acting, AF inhaled. */
function ofAtc(code: string): InsulinKind | undefined {
  const group = /^A10A(?:([B-F])(?:\d{2})?)?$/.exec(code);
  if (group === null) return undefined;
  if (group[1] === undefined) return 'any';
  return group[1] === 'B' ? 'rapid' : 'other';
}
