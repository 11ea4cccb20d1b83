import { strings } from '../../strings/strings.js';
import { Clients } from './parts/clients.js';
import { DeadLetters } from './parts/dead-letters.js';
import { Rejections } from './parts/rejections.js';
import { SilentSources } from './parts/silent-sources.js';
import { Stages } from './parts/stages.js';
import { Webhooks } from './parts/webhooks.js';
import './operations.css';

/** How data flow, what was refused or waits, and who has fallen silent. */
export function OperationsPage(): React.ReactNode {
  return (
    <>
      <h1>{strings.pages.operations}</h1>
      <Stages />
      <DeadLetters />
      <Webhooks />
      <SilentSources />
      <Rejections />
      <Clients />
    </>
  );
}
