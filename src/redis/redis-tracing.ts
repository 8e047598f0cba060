import { Injectable } from '@nestjs/common';
import { type Command } from 'ioredis';
import { Tracer } from '../tracing/tracer.js';
import { type RedisClient } from './connect.js';
import { RedisConnection } from './redis.connection.js';

/**
 * Traces the commands of a request by their names, where requests are traced at all. In a cluster those that go
 * to a node directly are not.
 */
@Injectable()
export class RedisTracing {
  constructor({ client }: RedisConnection, tracer: Tracer) {
    if (client && tracer.isOn) traceCommands(client, tracer);
  }
}

function traceCommands(client: RedisClient, tracer: Tracer): void {
  const send = client.sendCommand.bind(client);
  client.sendCommand = (command: Command, ...rest: never[]) => {
    const { name } = command;
    const attributes = { 'db.system.name': 'redis', 'db.operation.name': name };
    const answered = tracer.child({ name, kind: 'client', attributes }, async () => {
      await command.promise;
    });
    // Whoever sent the command hears of its failure.
    answered.catch(() => undefined);
    return send(command, ...rest);
  };
}
