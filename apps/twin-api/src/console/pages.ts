import { createHash } from 'node:crypto';

/** A page that the server makes itself: before anybody is signed in, and without scripts. */
export interface ServerPage {
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
}

const STYLE = `
:root { color-scheme: light dark; font: 100%/1.5 system-ui, sans-serif; }
body { margin: 0; min-height: 100vh; display: grid; place-content: center; padding: 1rem; box-sizing: border-box;
  background: #f4f6f8; color: #14202b; }
main { width: min(24rem, calc(100vw - 2rem)); box-sizing: border-box; padding: 1.5rem; border-radius: 0.5rem;
  background: #fff; border: 1px solid #c3ccd5; }
h1 { margin: 0 0 1rem; font-size: 1.4rem; }
label { display: block; margin-top: 1rem; font-weight: 600; }
input { width: 100%; box-sizing: border-box; font: inherit; padding: 0.5rem; margin-top: 0.25rem; color: inherit;
  background: transparent; border: 1px solid #5a6b7b; border-radius: 0.25rem; }
button { margin-top: 1.5rem; width: 100%; min-height: 2.75rem; font: inherit; font-weight: 600; cursor: pointer;
  color: #fff; background: #0b5cad; border: 0; border-radius: 0.25rem; }
:focus-visible { outline: 3px solid #d9730d; outline-offset: 2px; }
[role='alert'] { padding: 0.5rem 0.75rem; border-left: 4px solid #b3261e; background: #fdecea; color: #5f1310; }
footer { margin-top: 1.5rem; font-size: 0.875rem; }
a { color: #0b5cad; }
@media (prefers-color-scheme: dark) {
  body { background: #10171e; color: #e6edf3; }
  main { background: #18222c; border-color: #3a4855; }
  input { border-color: #8fa1b3; }
  button { background: #1f6fc2; }
  [role='alert'] { background: #3a1815; color: #ffd9d5; }
  a { color: #7ab8ff; }
}
`;
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');
const FOOTER = 'Research software, not a cleared medical device.';

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

/** @param formAction where its form may lead; nowhere without */
function page(title: string, body: string, formAction = "'none'"): ServerPage {
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} – Homeostat</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
${body}
<footer>${FOOTER}</footer>
</main>
</body>
</html>
`;
  const policy = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action ${formAction}; base-uri 'none'; frame-ancestors 'none'`;
  return { html, headers: { ...HEADERS, 'content-security-policy': policy } };
}

/** Asks for name and password. `name` is what was typed before; `problem` what came of it. */
export function loginPage({ name = '', problem }: { readonly name?: string; readonly problem?: string }): ServerPage {
  const alert = problem === undefined ? '' : `<p role="alert" id="problem">${escaped(problem)}</p>\n`;
  const described = problem === undefined ? '' : ' aria-describedby="problem"';
  const [onName, onPassword] = name === '' ? [' autofocus', ''] : ['', ' autofocus'];
  return page(
    'Sign in',
    `${alert}<form method="post">
<label for="name">User name</label>
<input id="name" name="name" value="${escaped(name)}" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="256" required${described}${onName}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" maxlength="1024" required${described}${onPassword}>
<button type="submit">Sign in</button>
</form>`,
    "'self'",
  );
}

/** Says what happened and offers to sign in (again). */
export function noticePage(title: string, text: string): ServerPage {
  return page(title, `<p role="alert">${escaped(text)}</p>\n<p><a href="/console/sign-in">Sign in</a></p>`);
}

function escaped(text: string): string {
  const names: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (sign) => names[sign] ?? sign);
}
