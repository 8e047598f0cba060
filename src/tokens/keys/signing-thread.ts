import { Worker } from 'node:worker_threads';
import { type JwsRecipe } from './sign-jws.js';

/** A token to be signed by the recipe of this id. */
export interface SigningJob {
  readonly id: number;
  readonly payload: string;
}

/** What the thread is told, see `signing-worker.js`. */
export type ToThread =
  { readonly id: number; readonly recipe: JwsRecipe } | { readonly jobs: readonly SigningJob[] };

/** What is done with the tokens of a batch, or without them when the thread has ended. */
type Settle = (tokens: readonly string[] | undefined) => void;

/** So many under way, and the event loop is the faster of the two. */
const MOST_BATCHES = 4;
/** What is signed is soon forgotten: a heap of the usual size would only be filled for the sake of it. */
const MEMORY = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 64 };
const SCRIPT = new URL('./signing-worker.js', import.meta.url);

/** One thread that signs batches of tokens. It does not keep the process alive. */
export class SigningThread {
  private readonly worker = new Worker(SCRIPT, { resourceLimits: MEMORY });
  private readonly ids = new Map<JwsRecipe, number>();
  /** Of the batches under way, in their order, which is that of the answers. */
  private readonly settling: Settle[] = [];
  private isStarted = false;
  private isOver = false;

  /** @param onEnd told once when the thread ends by itself, after its batches */
  constructor(onEnd: (error: Error) => void) {
    const end = (error: Error): void => {
      if (this.isOver) return;
      this.isOver = true;
      for (const settle of this.settling.splice(0)) settle(undefined);
      onEnd(error);
    };
    this.worker.unref();
    this.worker.once('online', () => (this.isStarted = true));
    this.worker.on('message', (tokens: string[]) => this.settling.shift()?.(tokens));
    this.worker.once('error', end);
    this.worker.once('exit', () => {
      end(new Error('the thread that signs tokens ended'));
    });
  }

  /** Whether a batch is answered sooner than by a thread that is yet to start, or that lags behind. */
  get isReady(): boolean {
    return this.isStarted && !this.isOver && this.settling.length < MOST_BATCHES;
  }

  sign(jobs: readonly { readonly recipe: JwsRecipe; readonly payload: string }[], settle: Settle): void {
    const told = jobs.map(({ recipe, payload }) => ({ id: this.idOf(recipe), payload }));
    this.settling.push(settle);
    this.tell({ jobs: told });
  }

  /** Hands back what is under way. */
  async stop(): Promise<void> {
    this.isOver = true;
    for (const settle of this.settling.splice(0)) settle(undefined);
    await this.worker.terminate();
  }

  private idOf(recipe: JwsRecipe): number {
    const known = this.ids.get(recipe);
    if (known !== undefined) return known;
    const id = this.ids.size;
    this.ids.set(recipe, id);
    this.tell({ id, recipe });
    return id;
  }

  private tell(message: ToThread): void {
    this.worker.postMessage(message);
  }
}
