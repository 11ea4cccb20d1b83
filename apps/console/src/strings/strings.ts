import en from './en.json' with { type: 'json' };

/** Every text of the console, from one file that can be translated. */
export const strings = en;

/** A text with its `{placeholders}` filled in. @throws {Error} when a value is missing */
export function fill(template: string, values: Readonly<Record<string, string | number>>): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`the text "${template}" needs ${name}`);
    return String(value);
  });
}
