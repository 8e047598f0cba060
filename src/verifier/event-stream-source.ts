import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { type AuthorizationServer, succeed } from './authorization-server.js';
import { type FeedProgress } from './feed-progress.js';
import { type RevocationDocument } from './revocation-list.js';
import { CursorLostError, type RevocationSource } from './revocation-source.js';

const STREAM = '/events/revocations';
const GONE = 410;
/** What the server says when there is no event that it has not told. */
const CAUGHT_UP = 'heartbeat';

/** What comes on the stream: an event, or word that there are no more just now. */
type Word = EventSourceMessage | typeof CAUGHT_UP;

/** The server's own stream of server-sent events. */
export class EventStreamSource implements RevocationSource {
  constructor(
    private readonly server: AuthorizationServer,
    /** Milliseconds of silence after which a connection is taken for dead. */
    private readonly silenceLimit: number,
  ) {}

  async read(progress: FeedProgress, signal: AbortSignal): Promise<void> {
    for await (const word of this.listen(progress.cursor, signal)) note(word, progress);
  }

  /** Reads just as far as there is something to read now. @throws Error when the stream ends before that */
  async catchUp(progress: FeedProgress, signal: AbortSignal): Promise<void> {
    for await (const word of this.listen(progress.cursor, signal)) {
      note(word, progress);
      if (word === CAUGHT_UP) return;
    }
    throw new Error('the event stream ended early');
  }

  private async *listen(cursor: string, stopping: AbortSignal): AsyncGenerator<Word> {
    const silence = new AbortController();
    const timer = setTimeout(() => {
      silence.abort();
    }, this.silenceLimit);
    try {
      const signal = AbortSignal.any([stopping, silence.signal]);
      const answer = await this.server.read(STREAM, { 'last-event-id': cursor }, signal);
      if (answer.status === GONE) throw new CursorLostError('events after the cursor are gone');
      yield* words((await succeed(answer)).body, () => timer.refresh());
    } finally {
      clearTimeout(timer);
    }
  }
}

async function* words(body: Response['body'], onChunk: () => void): AsyncGenerator<Word> {
  const told: Word[] = [];
  const parser = createParser({
    onEvent: (message) => told.push(message),
    onComment: (comment) => {
      if (comment.trim() === CAUGHT_UP) told.push(CAUGHT_UP);
    },
  });
  for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    onChunk();
    parser.feed(chunk);
    yield* told.splice(0);
  }
}

function note(word: Word, progress: FeedProgress): void {
  if (word === CAUGHT_UP) progress.isCompleteTo(performance.now());
  else progress.take(JSON.parse(word.data) as RevocationDocument, word.id);
}
