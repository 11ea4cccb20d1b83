/** The server's time, ms; what is asked of the server is reckoned by it, because the viewer's clock may be wrong. */
export function serverNow(): number {
  return Date.now();
}
