import { useScope } from '../../../app/session.js';
import { strings } from '../../../strings/strings.js';
import type { View } from '../data/view.js';
import { AskScenario } from './ask-scenario.js';
import { AskedBefore } from './asked-before.js';

/** What if: who may, asks; what was asked before is there for all who may read it. */
export function WhatIf({ view }: { readonly view: View }): React.ReactNode {
  const mayAsk = useScope('scenarios.run');
  const mayRead = useScope('scenarios.read');
  if (!mayAsk && !mayRead) return null;
  return (
    <section aria-labelledby="what-if">
      <h2 id="what-if">{strings.patient.whatIf}</h2>
      <p>{strings.patient.whatIfIntro}</p>
      {mayAsk && <AskScenario view={view} />}
      <AskedBefore patient={view.patient} />
    </section>
  );
}
