/** Tags are read to their end, so that a link in the text of the narrative is not taken for one. */
const TAG = /<(a|img)\b[^<>]*>/g;
const LINK = /(\s(?:href|src)\s*=\s*)(?:"([^"]*)"|'([^']*)')/g;

/** The narrative with the links (`a href`, `img src`) that `find` knows replaced; all else stays as it is. */
export function rewriteLinks(html: string, find: (url: string) => string | undefined): string {
  if (!html.includes('href') && !html.includes('src')) return html;
  return html.replace(TAG, (tag) =>
    tag.replace(LINK, (all, before: string, double: string | undefined, single: string | undefined) => {
      const target = find((double ?? single ?? '').replaceAll('&amp;', '&').trim());
      return target === undefined ? all : `${before}"${target}"`;
    }),
  );
}
