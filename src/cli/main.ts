#!/usr/bin/env node
import 'reflect-metadata';
import { runProgram } from './program.js';

const exitCode = await runProgram();
// What was printed goes first; what else is open, such as a connection that could not be closed, does not count.
process.stdout.write('', () => process.exit(exitCode));
