import { CreateSchema1763700000000 } from './1763700000000-create-schema.js';
import { AddRevocation1763710000000 } from './1763710000000-add-revocation.js';
import { NotifyOfEvents1763720000000 } from './1763720000000-notify-of-events.js';
import { AddDenylistLease1763730000000 } from './1763730000000-add-denylist-lease.js';
import { AddSharedSignals1763740000000 } from './1763740000000-add-shared-signals.js';
import { AddSweep1763750000000 } from './1763750000000-add-sweep.js';
import { AddAudit1763760000000 } from './1763760000000-add-audit.js';
import { AddManagement1763770000000 } from './1763770000000-add-management.js';
import { IndexFamiliesByAge1763780000000 } from './1763780000000-index-families-by-age.js';
import { AddRefusals1763790000000 } from './1763790000000-add-refusals.js';
import { AddRevokedKey1763800000000 } from './1763800000000-add-revoked-key.js';
import { IndexUsers1763810000000 } from './1763810000000-index-users.js';
import { AddRegistration1763820000000 } from './1763820000000-add-registration.js';
import { NotePushFailures1763830000000 } from './1763830000000-note-push-failures.js';
import { AddAuthorization1763840000000 } from './1763840000000-add-authorization.js';
import { AddBrowserSessions1763850000000 } from './1763850000000-add-browser-sessions.js';
import { AddOpenid1763860000000 } from './1763860000000-add-openid.js';
import { AddDeviceAuthorization1763870000000 } from './1763870000000-add-device-authorization.js';
import { AddRoles1763880000000 } from './1763880000000-add-roles.js';
import { AddGatewayRoutes1763890000000 } from './1763890000000-add-gateway-routes.js';
import { AddGatewaySuccessors1763895000000 } from './1763895000000-add-gateway-successors.js';

/** Every migration, in order. Append only. */
export const migrations = [
  CreateSchema1763700000000,
  AddRevocation1763710000000,
  NotifyOfEvents1763720000000,
  AddDenylistLease1763730000000,
  AddSharedSignals1763740000000,
  AddSweep1763750000000,
  AddAudit1763760000000,
  AddManagement1763770000000,
  IndexFamiliesByAge1763780000000,
  AddRefusals1763790000000,
  AddRevokedKey1763800000000,
  IndexUsers1763810000000,
  AddRegistration1763820000000,
  NotePushFailures1763830000000,
  AddAuthorization1763840000000,
  AddBrowserSessions1763850000000,
  AddOpenid1763860000000,
  AddDeviceAuthorization1763870000000,
  AddRoles1763880000000,
  AddGatewayRoutes1763890000000,
  AddGatewaySuccessors1763895000000,
] as const;
