let standIn = '';

export function initialize(url) {
  standIn = url;
}

/** Suites that are loaded outside Jest get the stand-in. */
export function resolve(specifier, context, next) {
  return specifier === '@jest/globals' ? { url: standIn, shortCircuit: true } : next(specifier, context);
}
