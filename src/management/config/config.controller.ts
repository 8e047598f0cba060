import { Get } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { settingsOf } from '../../config/settings.js';
import { BooleanField, ChoiceField, ObjectListField, TextField } from '../http/fields.js';
import { ManagementController, Operation } from '../http/operation.js';

/** A setting in force. */
export class SettingDocument {
  @TextField({ description: 'The environment variable.', example: 'ACCESS_TOKEN_LIFETIME' })
  name: string;

  @TextField({ description: 'What it does.', example: 'Seconds that an access token lives, 1 to 86400.' })
  description: string;

  @ChoiceField({ description: 'Where it is set.', example: 'default', of: ['environment', 'default'] })
  source: string;

  @BooleanField({ description: 'Whether its value is kept back.', example: false })
  is_secret: boolean;

  @ApiProperty({ description: 'Its value; left out for a secret.', example: 3600, required: false })
  value?: unknown;
}

export class SettingsDocument {
  @ObjectListField(() => SettingDocument, { description: 'Every setting of the replica that answers.' })
  items: SettingDocument[];
}

@ManagementController('config', 'Configuration')
export class ConfigController {
  @Get()
  @Operation({
    id: 'readConfig',
    summary: 'Read the settings in force, without secrets',
    scope: 'config:read',
    answer: SettingsDocument,
  })
  read(): SettingsDocument {
    const items = settingsOf(process.env).map(({ isSecret, ...setting }) => ({
      ...setting,
      is_secret: isSecret,
    }));
    return { items };
  }
}
