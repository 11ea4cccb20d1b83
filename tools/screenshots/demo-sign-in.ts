export interface DemoSignIn {
  readonly url: string;
  readonly name: string;
  readonly password: string;
}

const LINE = /Console\s+(https?:\/\/\S+?)\/console\/.*user (\S+), password (\S+)\s/;

/**
 * What the demo prints of the console: its line `Console …/console/` with a user and a password. All that it prints later is read as well, and
 * thrown away: a demo that can print no more ends.
 *
 * @throws when it ends without that line
 */
export function demoSignIn(output: NodeJS.ReadableStream): Promise<DemoSignIn> {
  return new Promise((resolve, reject) => {
    let text = '';
    output.on('data', (chunk) => {
      text = (text + String(chunk)).slice(-10_000);
      const [, url, name, password] = LINE.exec(text) ?? [];
      if (url !== undefined && name !== undefined && password !== undefined) resolve({ url, name, password });
    });
    output.on('end', () => reject(new Error('the demo ended before it printed the sign-in of the console')));
  });
}
