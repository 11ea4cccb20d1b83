import { describe, expect, it } from '@jest/globals';
import { validate } from '../index.js';

const div = (inner: string): string => `<div xmlns="http://www.w3.org/1999/xhtml">${inner}</div>`;

describe('an unsafe narrative', () => {
  it.each([
    ['Patient.text.div', { resourceType: 'Patient', text: { status: 'generated', div: div('<iframe/>x') } }],
    [
      'Patient.contained[0].text.div',
      {
        resourceType: 'Patient',
        link: [{ other: { reference: '#a' }, type: 'seealso' }],
        contained: [
          { resourceType: 'Patient', id: 'a', text: { status: 'generated', div: div('<p onclick="x">x</p>') } },
        ],
      },
    ],
    [
      'Bundle.entry[0].resource.text.div',
      {
        resourceType: 'Bundle',
        type: 'collection',
        entry: [{ resource: { resourceType: 'Patient', text: { status: 'generated', div: div('<form>x</form>') } } }],
      },
    ],
    [
      'Composition.section[0].text.div',
      {
        resourceType: 'Composition',
        status: 'final',
        type: { text: 'x' },
        date: '2026',
        author: [{ display: 'x' }],
        title: 'x',
        section: [{ text: { status: 'generated', div: div('<a href="javascript:x">x</a>') } }],
      },
    ],
  ])('is refused at its place: %s', (place, resource) => {
    expect(validate(resource as never).map(({ issue }) => issue.expression)).toEqual([[place]]);
  });
});
