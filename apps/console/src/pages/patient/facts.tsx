import { strings } from '../../strings/strings.js';
import { factText, type Fact } from './fact-text.js';
import { Time } from '../../times/time.js';

/** What the record says of the patient beside measurements. */
export function Facts({ facts }: { readonly facts: readonly Fact[] }): React.ReactNode {
  const kinds: Readonly<Record<string, string>> = strings.patient.factKinds;
  return (
    <section aria-labelledby="facts">
      <h2 id="facts">{strings.patient.facts}</h2>
      {facts.length === 0 && <p>{strings.patient.noFacts}</p>}
      <dl className="facts">
        {facts.map((fact) => (
          <div key={fact.reference}>
            <dt>{kinds[fact.kind] ?? fact.kind}</dt>
            <dd>
              <bdi>{factText(fact)}</bdi>
              {typeof fact.from === 'string' && (
                <>
                  {', '}
                  <Time at={fact.from} />
                </>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
