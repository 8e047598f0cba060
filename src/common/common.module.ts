import { Global, Module } from '@nestjs/common';
import { Clock } from './clock.js';
import { RandomSource } from './random-source.js';

/** Time and randomness, everywhere injectable. */
@Global()
@Module({ providers: [Clock, RandomSource], exports: [Clock, RandomSource] })
export class CommonModule {}
