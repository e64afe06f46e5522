/** The session is over: sign in again, and come back to this very view. */
export function leaveToSignIn(): void {
  const { pathname, search } = location;
  location.assign(`/login/github?next=${encodeURIComponent(pathname + search)}`);
}
