import { describe, expect, it } from '@jest/globals';
import { contentOf, outcomes, patient, post, put, remove, type Resource, run } from './settle.fixture.js';

describe('a conditional create', () => {
  it('makes a resource where none matches, and means the one that does', () => {
    const entry = post(patient('1'), 'identifier=s|1');
    expect(outcomes(run([entry]))).toEqual(['written Patient/new-1/1']);
    expect(outcomes(run([entry], [patient('2', { id: 'b' })]))).toEqual(['written Patient/new-1/1']);
    expect(outcomes(run([entry], [patient('1', { id: 'a' })]))).toEqual(['matched Patient/a/1']);
    expect(run([entry], [patient('1', { id: 'a' })]).changes).toEqual([]);
  });

  it('is refused where several match', () => {
    const stored = [patient('1', { id: 'a' }), patient('1', { id: 'b' })];
    const place = 'Bundle.entry[0].request.ifNoneExist';
    expect(outcomes(run([post(patient('1'), 'identifier=s|1')], stored))).toEqual([
      `refused 412 multiple-matches ${place}`,
    ]);
  });

  it('sees what the same bundle makes, wherever that stands', () => {
    const conditional = post(patient('1'), 'identifier=s|1');
    expect(outcomes(run([conditional, post(patient('1'))]))).toEqual([
      'matched Patient/new-2/1',
      'written Patient/new-2/1',
    ]);
    expect(outcomes(run([conditional, conditional]))).toEqual(['written Patient/new-1/1', 'matched Patient/new-1/1']);
    // Even where the resource does not match its own condition.
    const odd = post(patient('2'), 'identifier=s|1');
    expect(outcomes(run([odd, odd]))).toEqual(['written Patient/new-1/1', 'matched Patient/new-1/1']);
  });

  it('sees what the same bundle deletes', () => {
    const stored = [patient('1', { id: 'a' }), patient('1', { id: 'b' }), patient('1', { id: 'c' })];
    const entry = post(patient('1'), 'identifier=s|1');
    expect(outcomes(run([entry, remove('Patient/a'), remove('Patient/b')], stored))[0]).toBe('matched Patient/c/1');
    expect(outcomes(run([entry, ...['a', 'b', 'c'].map((id) => remove(`Patient/${id}`))], stored))[0]).toBe(
      'written Patient/new-1/1',
    );
  });

  it('leads references of the bundle to the resource that it means', () => {
    const urn = 'urn:uuid:0c0a6f3e-0000-4000-8000-000000000001';
    const observation = {
      resourceType: 'Observation',
      status: 'final',
      code: { text: 'x' },
      subject: { reference: urn },
      text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml"><a href='${urn}'>p</a></div>` },
      extension: [{ url: 'http://x.example', valueUri: urn }],
    };
    const decision = run([post(observation), post(patient('1'), 'identifier=s|1', urn)], [patient('1', { id: 'a' })]);
    expect(contentOf(decision, 'Observation/new-1')).toMatchObject({
      subject: { reference: 'Patient/a' },
      text: { div: expect.stringContaining('<a href="Patient/a">') },
      extension: [{ url: 'http://x.example', valueUri: 'Patient/a' }],
    });
  });
});

describe('a conditional update', () => {
  it('changes the one that matches, and makes one where none does', () => {
    const entry = put('Patient?identifier=s|1', patient('1', { gender: 'male' }));
    expect(outcomes(run([entry], [patient('1', { id: 'a' })]))).toEqual(['written Patient/a/2']);
    expect(outcomes(run([entry]))).toEqual(['written Patient/new-1/1']);
    expect(outcomes(run([put('Patient?identifier=s|1', patient('1', { id: 'x' }))]))).toEqual(['written Patient/x/1']);
  });

  it.each<[string, object, readonly Resource[], string]>([
    [
      'several match',
      patient('1'),
      [patient('1', { id: 'a' }), patient('1', { id: 'b' })],
      '412 multiple-matches Bundle.entry[0].request.url',
    ],
    [
      'its id is another',
      patient('1', { id: 'x' }),
      [patient('1', { id: 'a' })],
      '400 invalid Bundle.entry[0].resource.id',
    ],
    [
      'its id is taken',
      patient('1', { id: 'x' }),
      [patient('2', { id: 'x' })],
      '409 conflict Bundle.entry[0].resource.id',
    ],
  ])('is refused where %s', (_name, resource, stored, refusal) => {
    const entry = put('Patient?identifier=s|1', resource as Resource);
    expect(outcomes(run([entry], stored))).toEqual([`refused ${refusal}`]);
  });

  it('is judged by If-Match of the resource that it means', () => {
    const entry = (ifMatch: string): object => put('Patient?identifier=s|1', patient('1'), { ifMatch });
    const stored = [patient('1', { id: 'a' })];
    expect(outcomes(run([entry('W/"1"')], stored))).toEqual(['written Patient/a/2']);
    expect(outcomes(run([entry('W/"2"')], stored))[0]).toContain('refused 412 conflict');
    expect(outcomes(run([entry('W/"1"')]))[0]).toContain('refused 412 conflict');
  });
});

describe('a conditional delete', () => {
  it('deletes the one that matches, or nothing, and never several', () => {
    const entry = remove('Patient?identifier=s|1');
    expect(outcomes(run([entry]))).toEqual(['deleted nothing']);
    expect(outcomes(run([entry], [patient('1', { id: 'a' })]))).toEqual(['deleted Patient/a']);
    expect(outcomes(run([entry], [patient('1', { id: 'a' }), patient('1', { id: 'b' })]))[0]).toContain('refused 412');
  });
});

describe('any search', () => {
  const smith = { resourceType: 'Patient', name: [{ family: 'Smith' }], birthDate: '1970-01-02' };

  it('is a condition, of what is stored and of what the bundle writes', () => {
    const entry = put('Patient?family=smith&birthdate=1970', smith);
    expect(outcomes(run([entry], [{ ...smith, id: 'a' }, patient('1', { id: 'b' })]))).toEqual(['written Patient/a/2']);
    expect(outcomes(run([post(smith), post(smith, 'family=smith')]))[1]).toBe('matched Patient/new-1/1');
  });

  it('with a chain is one, unless the bundle writes what it might lead to', () => {
    const about = { resourceType: 'Basic', code: { text: 'x' }, subject: { reference: 'Patient/a' } };
    const chained = 'subject:Patient.family=smith';
    const stored = [{ ...smith, id: 'a' }];
    expect(outcomes(run([post(about, chained)], stored))).toEqual(['written Basic/new-1/1']);
    expect(outcomes(run([post(about), post(about, chained)], stored))[1]).toBe(
      'refused 400 not-supported Bundle.entry[1].request.ifNoneExist',
    );
  });
});

describe('a conditional reference', () => {
  const observation = {
    resourceType: 'Observation',
    status: 'final',
    code: { text: 'x' },
    subject: { reference: 'Patient?identifier=s|1' },
  };
  const place = 'Bundle.entry[0].resource.subject.reference';

  it('leads to the one resource that matches when all is written', () => {
    const reference = (entries: readonly object[], stored: readonly Resource[] = []): unknown =>
      contentOf(run([post(observation), ...entries], stored), 'Observation/new-1')['subject'];
    expect(reference([], [patient('1', { id: 'a' })])).toEqual({ reference: 'Patient/a' });
    expect(reference([post(patient('1'))])).toEqual({ reference: 'Patient/new-2' });
    expect(reference([put('Patient/b', patient('1', { id: 'b' }))])).toEqual({ reference: 'Patient/b' });
    const moved = put('Patient/a', patient('2', { id: 'a' }));
    expect(reference([moved, post(patient('1'))], [patient('1', { id: 'a' })])).toEqual({ reference: 'Patient/new-2' });
  });

  it('is refused with its place where none or several match', () => {
    expect(outcomes(run([post(observation)]))).toEqual([`refused 412 not-found ${place}`]);
    const stored = [patient('1', { id: 'a' }), patient('1', { id: 'b' })];
    expect(outcomes(run([post(observation)], stored))).toEqual([`refused 412 multiple-matches ${place}`]);
    const deleted = [post(observation), remove('Patient/a')];
    expect(outcomes(run(deleted, [patient('1', { id: 'a' })]))[0]).toBe(`refused 412 not-found ${place}`);
  });
});
