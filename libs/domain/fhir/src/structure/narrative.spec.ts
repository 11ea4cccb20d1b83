import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { narrativeFault } from './narrative.js';

const div = (inner: string): string => `<div xmlns="http://www.w3.org/1999/xhtml">${inner}</div>`;

describe('a narrative', () => {
  it.each([
    '<div>text</div>',
    '  <div xmlns="http://www.w3.org/1999/xhtml">text</div>\n',
    div('<p title="a &gt; b" class=\'x\' id="n1">5 &lt; 6 &amp; 7 &#160;&#x1F600;</p><br/><hr />'),
    div('<a href="https://x.example/a?b=c:d#e">l</a> <a href="#n1">m</a><a href="Patient/1">n</a><a name="n1"/>'),
    div('<a href="mailto:a@b.example">m</a> <a href="tel:+1">t</a> <a href="urn:uuid:1">u</a>'),
    div('<img src="data:image/png;base64,iVBORw0KGgo=" alt="x"/>'),
    div('<img src="#i"/>'),
    div(
      '<table border="1"><caption>c</caption><thead><tr><th scope="col">h</th></tr></thead><tbody><tr><td colspan="2">d</td></tr></tbody></table>',
    ),
    div('<span style="color: red; width: 10px; background-color: #fff">r</span>'),
    div('<p style="background-image: url(data:image/png;base64,iVBORw0KGgo=); color: red">x</p>'),
    div('<p style="background-image: url(tbl_bck1.png)">x</p>'),
    div('<!-- a remark --><ul><li>x</li></ul>'),
    div('<p xml:lang="de" lang="de" dir="ltr">Ä</p><pre xml:space="preserve"> x </pre>'),
    div('x'.repeat(100_000)),
  ])('may be %#', (text) => {
    expect(narrativeFault(text)).toBeUndefined();
  });

  it.each([
    // Scripts and events.
    div('<script>x</script>'),
    div('<SCRIPT>x</SCRIPT>'),
    div('<p onclick="x()">x</p>'),
    div('<p ONCLICK="x()">x</p>'),
    div('<img src="x" onerror="x()"/>'),
    div('<img src="x"onerror="x()"/>'),
    div('<img/onerror="x()" src="x"/>'),
    div("<p onmouseover='x'>x</p>"),
    '<div onload="x()">x</div>',
    // What is no part of a narrative.
    div('<iframe src="https://x.example"></iframe>'),
    div('<frame/>x'),
    div('<object data="x"/>x'),
    div('<embed src="x"/>x'),
    div('<applet/>x'),
    div('<form action="x">x</form>'),
    div('<input/>x'),
    div('<button>x</button>'),
    div('<textarea>x</textarea>'),
    div('<select><option>x</option></select>'),
    div('<link rel="stylesheet" href="x"/>x'),
    div('<style>p{}</style>x'),
    div('<base href="https://x.example"/>x'),
    div('<meta http-equiv="refresh" content="0"/>x'),
    div('<head/>x'),
    div('<body>x</body>'),
    div('<svg><a>x</a></svg>'),
    div('<math>x</math>'),
    div('<video src="x"/>x'),
    div('<audio src="x"/>x'),
    div('<font>x</font>'),
    div('<center>x</center>'),
    div('<ins>x</ins>'),
    div('<del>x</del>'),
    div('<svg:script xmlns:svg="http://www.w3.org/2000/svg">x</svg:script>'),
    div('<p xmlns="http://www.w3.org/2000/svg">x</p>'),
    div('<a xlink:href="x">x</a>'),
    div('<p data-x="1">x</p>'),
    // Links.
    div('<a href="javascript:x()">x</a>'),
    div('<a href="JaVaScRiPt:x()">x</a>'),
    div('<a href=" javascript:x()">x</a>'),
    div('<a href="java&#10;script:x()">x</a>'),
    div('<a href="java&#x9;script:x()">x</a>'),
    div('<a href="&#106;avascript:x()">x</a>'),
    div('<a href="javascript&#58;x()">x</a>'),
    div('<a href="\u200bjavascript:x()">x</a>'),
    div('<a href="vbscript:x">x</a>'),
    div('<a href="data:text/html,x">x</a>'),
    div('<a href="data:image/png;base64,AAAA">x</a>'),
    div('<img src="data:image/svg+xml;base64,AAAA"/>'),
    div('<img src="javascript:x()"/>'),
    div('<q cite="javascript:x()">x</q>'),
    div('<a href="file:///etc/passwd">x</a>'),
    div('<a href="blob:x">x</a>'),
    // Styles.
    div('<p style="background:url(https://x.example)">x</p>'),
    div('<p style="background:url(data:image/svg+xml;base64,AAAA)">x</p>'),
    div('<p style="background:url(data:text/html,x)">x</p>'),
    div('<p style="background:u\\72l(https://x.example)">x</p>'),
    div('<p style="background:ur/**/l(https://x.example)">x</p>'),
    div('<p style="width:expression(x())">x</p>'),
    div('<p style="width:EXPRES/* */SION(x())">x</p>'),
    div('<p style="behavior:x">x</p>'),
    div('<p style="-moz-binding:x">x</p>'),
    div('<p style="background:URL&#40;x)">x</p>'),
    div('<p style="@import x">x</p>'),
    // What XML and HTML read differently.
    div('<!--> <img src="x" onerror="x()"/> -->x'),
    div('<!-- <script>x</script> -->x'),
    div('<!-- a -- b -->x'),
    div('<!-- x'),
    div('<![CDATA[<script>x</script>]]>'),
    div('<?php x ?>x'),
    div('<!DOCTYPE x>x'),
    '<?xml version="1.0"?><div>x</div>',
    '<!DOCTYPE div [<!ENTITY x "y">]><div>&x;</div>',
    // Form.
    div('&nbsp;'),
    div('&copy;'),
    div('a & b'),
    div('a &amp b'),
    div('&#0;x'),
    div('&#xD800;x'),
    div('<p>x'),
    div('<b><i>x</b></i>'),
    div('<p title=x>x</p>'),
    div('<p title>x</p>'),
    div('<p title="a" title="b">x</p>'),
    div('<p title="a<b">x</p>'),
    div('<p title="a'),
    div(']]>'),
    div('< p>x</p>'),
    div('<>x'),
    '<div>x</div><div>y</div>',
    '<div>x</div> y',
    '<div>x',
    '<DIV>x</DIV>',
    '<p>x</p>',
    'x',
    '<divx>x</divx>',
    '<div xmlns="http://example.org">x</div>',
    // Nothing to read.
    div(''),
    div('  <br/> \n '),
    '<div/>',
    div('&#32;'),
    // Too deep.
    div('<b>'.repeat(10_000) + 'x' + '</b>'.repeat(10_000)),
  ])('is refused: %s', (text) => {
    expect(narrativeFault(text)).toEqual(expect.stringMatching(/^must /));
  });

  it('is read to its end whatever it is', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '/',
      '"',
      "'",
      '&',
      ';',
      '#',
      '!--',
      '--',
      'div',
      'p',
      'a',
      ' ',
      '=',
      'href',
      'javascript:',
      'x',
      '\n',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const fault = narrativeFault(div(pieces.join('')));
        expect(fault === undefined || fault.startsWith('must ')).toBe(true);
        if (fault === undefined) expect(pieces.join('')).not.toMatch(/<\w[^<>]*href=["']\s*javascript:/);
      }),
      propertyRuns(500),
    );
  });
});
