import { useEffect } from 'react';
import { strings } from '../strings/strings.js';
import { announceSignedIn } from './session.js';

/** The window in which somebody signed in again: tells the page that waits, and closes. */
export function SignedInPage(): React.ReactNode {
  useEffect(() => {
    announceSignedIn();
    window.close();
  }, []);
  return <p>{strings.shell.signedIn}</p>;
}
