#!/usr/bin/env node
import 'reflect-metadata';
import { createProgram } from './program.js';

// `regrant audit export - | head` is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const program = await createProgram();
const exitCode = await program.run();
// What was printed goes first; what else is open, such as a connection that could not be closed, does not count.
process.stdout.write('', () => process.exit(exitCode));
