import { Command } from 'nest-commander';
import { CommandGroup } from '../command-group.js';
import { AuditExportCommand } from './audit-export.command.js';
import { AuditListCommand } from './audit-list.command.js';
import { AuditVerifyCommand } from './audit-verify.command.js';

export const AUDIT_COMMANDS = [AuditListCommand, AuditExportCommand, AuditVerifyCommand];

@Command({ name: 'audit', description: 'Read and verify who did what', subCommands: AUDIT_COMMANDS })
export class AuditCommand extends CommandGroup {}
