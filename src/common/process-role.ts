/**
 * What a process is there for: a server goes on, and does in the background what time brings with it; a one-off
 * process, such as a command of the CLI, does one thing beside the servers and ends.
 */
export type ProcessRole = 'server' | 'one-off';

export const PROCESS_ROLE = Symbol('PROCESS_ROLE');
