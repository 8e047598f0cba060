import { Inject, Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { httpConfig, type HttpSettings } from '../../config/http.config.js';

/** By what this deployment's gateways, all replicas of them, know each other in `Via` (RFC 9110 §7.6.3). */
@Injectable()
export class Pseudonym {
  private readonly name: string;

  constructor(@Inject(httpConfig.KEY) { issuerUrl }: HttpSettings) {
    this.name = `regrant-${createHash('sha256').update(issuerUrl).digest('hex').slice(0, 16)}`;
  }

  get via(): string {
    return `1.1 ${this.name}`;
  }

  isIn(lines: readonly string[]): boolean {
    return lines.some((line) => line.split(/[\s,]+/).includes(this.name));
  }
}
