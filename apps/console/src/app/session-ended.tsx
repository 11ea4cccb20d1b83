import { Button, Dialog, Heading, Modal } from 'react-aria-components';
import { strings } from '../strings/strings.js';
import { SIGNED_IN_PATH, useSession } from './session.js';

/** Shown over the page when the session has ended in the middle of something; the page keeps what was entered. */
export function SessionEnded(): React.ReactNode {
  const { ended } = useSession();
  return (
    <Modal isOpen={ended} isKeyboardDismissDisabled className="modal">
      <Dialog role="alertdialog" className="dialog">
        <Heading slot="title">{strings.shell.sessionEnded}</Heading>
        <p>{strings.shell.sessionEndedDetail}</p>
        <Button
          autoFocus
          className="button primary"
          onPress={() => window.open(`/console/sign-in?next=${encodeURIComponent(SIGNED_IN_PATH)}`)}
        >
          {strings.shell.signIn}
        </Button>
      </Dialog>
    </Modal>
  );
}
