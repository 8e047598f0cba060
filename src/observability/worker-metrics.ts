/** Asks a worker for its metrics; the worker answers with the same id. */
export interface MetricsRequest {
  readonly type: 'regrant:metrics-request';
  readonly id: number;
}

export interface MetricsAnswer {
  readonly type: 'regrant:metrics-answer';
  readonly id: number;
  /** As prom-client has them in JSON; none where they could not be read. */
  readonly metrics?: object[];
}

/** Answers the supervisor of this worker. @returns what ends that */
export function answerSupervisor(read: () => Promise<object[]>): () => void {
  const listener = (message: unknown) => {
    if (!isRequest(message)) return;
    const answer = (metrics?: object[]) => {
      const sent: MetricsAnswer = { type: 'regrant:metrics-answer', id: message.id, metrics };
      // The supervisor may be gone.
      if (process.connected) process.send?.(sent, undefined, undefined, () => undefined);
    };
    read().then(answer, () => {
      answer();
    });
  };
  process.on('message', listener);
  return () => process.off('message', listener);
}

export function isAnswer(message: unknown): message is MetricsAnswer {
  return typeOf(message) === 'regrant:metrics-answer';
}

function isRequest(message: unknown): message is MetricsRequest {
  return typeOf(message) === 'regrant:metrics-request';
}

function typeOf(message: unknown): unknown {
  return (message as { type?: unknown } | null | undefined)?.type;
}
