import { register } from 'node:module';
import process from 'node:process';

process.setSourceMapsEnabled(true);
register('./typescript.js', import.meta.url);
