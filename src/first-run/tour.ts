import { DEMO_CLIENT, DEMO_USER } from './demo-accounts.js';

/** Three commands that do the whole flow, to paste into a shell, and a page that does it in a browser. */
export function tour(issuer: string, graceSeconds: number): string {
  const token = `${issuer}/oauth2/token`;
  const basic = `-u ${DEMO_CLIENT.id}:${DEMO_CLIENT.secret}`;
  const { username, password } = DEMO_USER;
  return `
Regrant is listening on ${issuer}. Paste these, in order:

  # 1. Sign in as ${username} and get an access token and a refresh token
  curl -s ${basic} -d 'grant_type=password&username=${username}&password=${password}' ${token} | tee tokens.json

  # 2. Use the refresh token: a new pair; the old refresh token is spent
  curl -s ${basic} -d "grant_type=refresh_token&refresh_token=$(sed -E 's/.*"refresh_token":"([^"]+)".*/\\1/' tokens.json)" ${token} | tee next.json

  # 3. Use the old one again: inside the grace window of ${graceSeconds} seconds the same successor, after it the session ends
  curl -s ${basic} -d "grant_type=refresh_token&refresh_token=$(sed -E 's/.*"refresh_token":"([^"]+)".*/\\1/' tokens.json)" ${token}

In a browser: open ${issuer}/demo, sign in as ${username} with the password ${password}, and see what an application is given.
Where you are signed in, and ending it: ${issuer}/account

`;
}
