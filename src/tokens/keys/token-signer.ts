import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { availableParallelism } from 'node:os';
import { workersConfig, type WorkersSettings } from '../../config/workers.config.js';
import { isSlow, jwsRecipe, signCompactJws } from './compact-jws.js';
import { type JwsRecipe, signJws } from './sign-jws.js';
import { SigningThread } from './signing-thread.js';
import { type TokenKey } from './token-key.js';

interface Job {
  readonly recipe: JwsRecipe;
  readonly payload: string;
  readonly resolve: (token: string) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Signs the tokens of requests. Those of one turn of the event loop, as a batch of rotations makes them, go to a
 * thread together, where a processor can be spared: signing is the greatest piece of work of a refresh, and handing
 * over tokens one by one would cost as much as it. A token by itself is signed at once.
 */
@Injectable()
export class TokenSigner implements OnModuleDestroy {
  private readonly logger = new Logger(TokenSigner.name);
  private mayStart: boolean;
  private thread: SigningThread | undefined;
  private jobs: Job[] = [];

  constructor(@Inject(workersConfig.KEY) { workers }: WorkersSettings) {
    this.mayStart = availableParallelism() > workers;
  }

  /**
   * Signs claims as a JWS in compact serialization (RFC 7515 §7.1).
   *
   * @param typ the media type of the token, for its header
   */
  sign(key: TokenKey, typ: string, claims: object): Promise<string> {
    if (isSlow(key)) return signCompactJws(key, typ, claims);
    if (this.jobs.length === 0) {
      // After what the promises settled in this turn go on with.
      process.nextTick(() => {
        this.signBatch();
      });
    }
    return new Promise((resolve, reject) => {
      this.jobs.push({ recipe: jwsRecipe(key, typ), payload: JSON.stringify(claims), resolve, reject });
    });
  }

  async onModuleDestroy(): Promise<void> {
    this.mayStart = false;
    await this.thread?.stop();
    this.thread = undefined;
  }

  private signBatch(): void {
    const { jobs } = this;
    this.jobs = [];
    if (jobs.length > 1 && this.mayStart) this.thread ??= this.start();
    if (jobs.length === 1 || !this.thread?.isReady) {
      signHere(jobs);
      return;
    }
    this.thread.sign(jobs, (tokens) => {
      if (tokens) handOut(tokens, jobs);
      else signHere(jobs);
    });
  }

  private start(): SigningThread {
    return new SigningThread((error) => {
      this.thread = undefined;
      this.mayStart = false;
      this.logger.error({ err: error }, 'tokens are signed without a thread from now on');
    });
  }
}

function handOut(tokens: readonly string[], jobs: readonly Job[]): void {
  for (const [index, { resolve, reject }] of jobs.entries()) {
    const token = tokens[index];
    if (token === undefined) reject(new Error('the thread left out a token'));
    else resolve(token);
  }
}

function signHere(jobs: readonly Job[]): void {
  for (const { recipe, payload, resolve, reject } of jobs) {
    try {
      resolve(signJws(recipe, payload));
    } catch (error) {
      reject(error);
    }
  }
}
