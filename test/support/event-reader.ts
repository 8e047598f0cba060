import { EventSource } from 'eventsource';
import { type Caller, tokenRequest } from './oauth.js';

/** An event as a reader gets it, with the cursor that it stands at. */
export interface ReceivedEvent extends Record<string, string | undefined> {
  readonly cursor: string;
  readonly id: string;
  readonly type: string;
}

export interface EventReader {
  readonly events: ReceivedEvent[];
  /** Waits until it has as many events. */
  has(count: number, timeoutMs?: number): Promise<void>;
  close(): void;
}

const TYPES = [
  'token-family-revoked',
  'access-token-revoked',
  'user-tokens-revoked',
  'user-client-tokens-revoked',
  'client-tokens-revoked',
  'all-tokens-revoked',
  'signing-key-revoked',
];

/** An access token of the client's with these scopes. */
export async function accessToken(url: string, client: Caller, scope: string): Promise<string> {
  const answer = await tokenRequest(url, client, { grant_type: 'client_credentials', scope });
  if (answer.status !== 200) throw new Error(answer.text);
  return answer.body.access_token!;
}

/** Reads the stream with a stock client, which comes again by itself when it loses the connection. */
export async function readEvents(
  url: string,
  token: string,
  { query = '', lastEventId }: { query?: string; lastEventId?: string } = {},
): Promise<EventReader> {
  const events: ReceivedEvent[] = [];
  const source = new EventSource(`${url}/events/revocations${query}`, {
    fetch: (input, init) => {
      const headers = new Headers(init.headers);
      headers.set('authorization', `Bearer ${token}`);
      if (lastEventId && !headers.has('last-event-id')) headers.set('last-event-id', lastEventId);
      return fetch(input, { ...init, headers });
    },
  });
  for (const type of TYPES) {
    source.addEventListener(type, ({ data, lastEventId: cursor }) => {
      events.push({ ...(JSON.parse(data as string) as ReceivedEvent), cursor });
    });
  }
  await new Promise<void>((resolve, reject) => {
    source.addEventListener('open', () => {
      resolve();
    });
    source.addEventListener('error', ({ code, message }) => {
      if (code !== undefined) reject(new Error(`${code} ${message ?? ''}`));
    });
  });
  return {
    events,
    has: async (count, timeoutMs = 10_000) => {
      const deadline = Date.now() + timeoutMs;
      while (events.length < count) {
        if (Date.now() > deadline) throw new Error(`${events.length} of ${count} events came`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    close: () => {
      source.close();
    },
  };
}
