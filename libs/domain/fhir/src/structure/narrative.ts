/**
 * What is wrong with a narrative, in words that say what would be right; undefined for one that R4 allows: well-formed XHTML in one
 * div, of the elements and attributes of chapters 7 to 11 (without 9.4) and 15 of HTML 4.0, links and images (FHIR R4 narrative.html,
 * txt-1), with something to read in it (txt-2). Nothing in it can act: no scripts, event attributes, forms, frames, objects, styles that
 * load or run, or links to anything but documents. Whoever reads it as HTML and not as XML sees the same, so comments hold no markup
 * and there are no CDATA sections or processing instructions.
 */
export function narrativeFault(text: string): string | undefined {
  try {
    new Reader(text.trim()).document();
    return undefined;
  } catch (fault) {
    if (fault instanceof Fault) return fault.why;
    throw fault;
  }
}

class Fault {
  constructor(readonly why: string) {}
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

const ELEMENTS = words(
  'p br div h1 h2 h3 h4 h5 h6 a span b em i strong small big tt dfn q var abbr acronym cite blockquote hr address bdo kbd sub sup ul ol li dl dt dd pre table caption colgroup col thead tr tfoot tbody th td code samp img map area',
);
const ATTRIBUTES = words(
  'title style class id lang xml:lang dir accesskey tabindex span width align valign char charoff abbr axis headers scope rowspan colspan',
);
const OF_ELEMENT: Readonly<Record<string, ReadonlySet<string>>> = {
  a: words('href name charset type hreflang rel rev shape coords'),
  img: words('src alt longdesc height width usemap ismap border'),
  div: words('xmlns'),
  blockquote: words('cite'),
  q: words('cite'),
  map: words('name'),
  area: words('shape coords href nohref alt'),
  table: words('summary width border frame rules cellspacing cellpadding'),
  pre: words('xml:space'),
  td: words('nowrap'),
  th: words('nowrap'),
};
const LINKS = words('href src cite longdesc usemap');
const XHTML = 'http://www.w3.org/1999/xhtml';
const SCHEMES = words('http https mailto tel urn ftp cid');
const IMAGE = /^data:image\/(png|jpe?g|gif|bmp|webp);base64,[a-z0-9+/=\s]*$/i;
/** The tables of the specification itself have images in their styles. */
const STYLE_IMAGE =
  /url\((["']?)(?:data:image\/(?:png|jpe?g|gif|bmp|webp);base64,[a-z0-9+/=]*|[a-z0-9_-]+\.(?:png|jpe?g|gif))\1\)/g;
const ACTIVE_STYLE =
  /[\\<]|\/\*|url\(|image\(|image-set\(|src\(|expression\(|@|javascript:|vbscript:|behaviou?r:|-moz-binding/;
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const MAX_DEPTH = 256;

const NAME = /[A-Za-z_][A-Za-z0-9_.:-]*/y;
const SPACE = /[ \t\r\n]+/y;
const TEXT = /[^<&]+/y;
/** Reads with spaces, controls and invisible characters left out, as a browser reads a scheme. */
const INVISIBLE = /[\u0000-\u0020\u007f-\u00a0\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]/g;

const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

class Reader {
  private at = 0;
  private hasContent = false;

  constructor(private readonly text: string) {}

  document(): void {
    if (CONTROLS.test(this.text)) throw new Fault('must not hold control characters');
    if (!/^<div[\s/>]/.test(this.text)) throw new Fault('must be XHTML in one div');
    this.element();
    if (this.at < this.text.length) throw new Fault('must be XHTML in one div, with nothing after it');
    if (!this.hasContent) throw new Fault('must hold some text or an image (txt-2)');
  }

  /** With an explicit stack: a narrative may be as deep as it is long. */
  private element(): void {
    const open: string[] = [];
    do {
      if (this.text.startsWith('<!--', this.at)) this.comment();
      else if (this.text.startsWith('</', this.at)) this.endTag(open);
      else if (this.text[this.at] === '<') this.startTag(open);
      else if (this.text[this.at] === '&') this.reference();
      else this.characters();
    } while (open.length > 0);
  }

  private startTag(open: string[]): void {
    this.at += 1;
    const name = this.take(NAME);
    if (name === undefined || !ELEMENTS.has(name)) {
      throw new Fault(`must not hold ${shown(name)}: only the XHTML elements that R4 allows (txt-1), in lower case`);
    }
    if (open.length === MAX_DEPTH) throw new Fault(`must not be nested deeper than ${MAX_DEPTH} elements`);
    if (name === 'img') this.hasContent = true;
    this.attributes(name);
    if (this.text.startsWith('/>', this.at)) {
      this.at += 2;
      return;
    }
    if (this.text[this.at] !== '>') throw new Fault('must be well-formed XHTML: a tag does not end');
    this.at += 1;
    open.push(name);
  }

  private endTag(open: string[]): void {
    this.at += 2;
    const name = this.take(NAME);
    this.take(SPACE);
    if (name === undefined || open.pop() !== name || this.text[this.at] !== '>') {
      throw new Fault('must be well-formed XHTML: an end tag does not match its start tag');
    }
    this.at += 1;
  }

  private attributes(element: string): void {
    const seen = new Set<string>();
    while (this.take(SPACE) !== undefined) {
      const name = this.take(NAME);
      if (name === undefined) return;
      const allowed =
        ATTRIBUTES.has(name) || (Object.hasOwn(OF_ELEMENT, element) && OF_ELEMENT[element]?.has(name) === true);
      if (!allowed) throw new Fault(`must not hold the attribute ${shown(name)} of ${element} (txt-1)`);
      if (seen.has(name)) throw new Fault('must be well-formed XHTML: an attribute stands twice');
      seen.add(name);
      this.check(name, element, this.attributeValue());
    }
  }

  private attributeValue(): string {
    this.take(SPACE);
    const quote = /^=[ \t\r\n]*(["'])/.exec(this.text.slice(this.at, this.at + 32))?.[1];
    if (quote === undefined) throw new Fault('must be well-formed XHTML: an attribute has no value in quotes');
    const start = this.text.indexOf(quote, this.at) + 1;
    const end = this.text.indexOf(quote, start);
    if (end === -1) throw new Fault('must be well-formed XHTML: the value of an attribute does not end');
    this.at = end + 1;
    const raw = this.text.slice(start, end);
    if (raw.includes('<')) throw new Fault('must be well-formed XHTML: < stands in an attribute');
    return raw.replace(/&([^;&]*);?/g, (all, name: string) => {
      if (!all.endsWith(';')) throw new Fault('must be well-formed XHTML: & stands alone; write &amp;');
      return decoded(name);
    });
  }

  private check(name: string, element: string, value: string): void {
    if (name === 'xmlns' && value !== XHTML) throw new Fault(`must be of the namespace ${XHTML}`);
    if (name === 'style' && isActiveStyle(value)) {
      throw new Fault('must not hold a style that loads or runs something: no url(), expression(), imports or escapes');
    }
    if (LINKS.has(name) && !isPlainLink(value, element === 'img' && name === 'src')) {
      throw new Fault(`must not link to a script or other active content in ${name}`);
    }
  }

  private comment(): void {
    const end = this.text.indexOf('--', this.at + 4);
    if (end === -1 || this.text[end + 2] !== '>') throw new Fault('must be well-formed XHTML: a comment does not end');
    // A reader of HTML ends a comment elsewhere than one of XML does.
    if (/[<>]/.test(this.text.slice(this.at + 4, end))) throw new Fault('must not hold markup in a comment');
    this.at = end + 3;
  }

  private reference(): void {
    const end = this.text.indexOf(';', this.at);
    if (end === -1 || end - this.at > 12) throw new Fault('must be well-formed XHTML: & stands alone; write &amp;');
    if (decoded(this.text.slice(this.at + 1, end)).trim() !== '') this.hasContent = true;
    this.at = end + 1;
  }

  private characters(): void {
    const characters = this.take(TEXT);
    if (characters === undefined) throw new Fault('must be well-formed XHTML: it ends before its div does');
    if (characters.includes(']]>')) throw new Fault('must be well-formed XHTML: ]]> stands in its text');
    if (characters.trim() !== '') this.hasContent = true;
  }

  private take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }
}

function decoded(name: string): string {
  if (Object.hasOwn(ENTITIES, name)) return ENTITIES[name] as string;
  const code = /^#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))$/.exec(name);
  const point = code === null ? Number.NaN : code[1] === undefined ? Number(code[2]) : Number.parseInt(code[1], 16);
  const isCharacter =
    point === 9 ||
    point === 10 ||
    point === 13 ||
    (point >= 0x20 && point <= 0x10ffff && !(point >= 0xd800 && point < 0xe000));
  if (!isCharacter) {
    throw new Fault(
      'must use characters in place of entities but &lt; &gt; &amp; &quot; &apos; and numbers of characters',
    );
  }
  return String.fromCodePoint(point);
}

function isPlainLink(value: string, isImage: boolean): boolean {
  const link = value.replace(INVISIBLE, '');
  const scheme = /^([^/?#:]*):/.exec(link)?.[1]?.toLowerCase();
  return scheme === undefined || SCHEMES.has(scheme) || (isImage && IMAGE.test(link));
}

function isActiveStyle(value: string): boolean {
  const style = value
    .toLowerCase()
    .replace(/\/\*.*?\*\//gs, '')
    .replace(INVISIBLE, '')
    .replace(STYLE_IMAGE, '');
  return ACTIVE_STYLE.test(style);
}

function shown(name: string | undefined): string {
  return name !== undefined && /^[A-Za-z][A-Za-z0-9:-]{0,31}$/.test(name) ? name : 'what is no element of XHTML';
}
