import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Clock } from './clock.js';
import { PROCESS_ROLE, type ProcessRole } from './process-role.js';
import { RandomSource } from './random-source.js';

/** Time and randomness, everywhere injectable, and what the process is for. */
@Global()
@Module({ providers: [Clock, RandomSource], exports: [Clock, RandomSource] })
export class CommonModule {
  static forRole(role: ProcessRole): DynamicModule {
    return {
      module: CommonModule,
      providers: [{ provide: PROCESS_ROLE, useValue: role }],
      exports: [PROCESS_ROLE],
    };
  }
}
