import { AuditQuery, AuditSearch } from '../../management/audit/audit.documents.js';
import { filterOf } from '../../management/audit/audit-search.js';
import { NewClientDocument, SecretRotationDocument } from '../../management/clients/client.documents.js';
import { ClientQuery } from '../../management/clients/client-query.js';
import { parseDocument } from '../../management/http/document.pipe.js';
import { KeyQuery, KeyRevocationDocument, NewKeyDocument } from '../../management/keys/key.documents.js';
import { UserRolesDocument } from '../../management/roles/role.documents.js';
import { NewDiagnosisDocument } from '../../management/tokens/diagnosis.documents.js';
import { NewRevocationDocument } from '../../management/tokens/revocation.documents.js';
import { revocationOrderOf } from '../../management/tokens/revocation-order.js';
import { ImportQuery, UserQuery } from '../../management/users/user-query.js';

/** Of a query, nothing stands before its parameters' names. */
const QUERY = '';

/** Takes what an operator gave as the management API takes it: by the same rules. Each throws ProblemError 422. */
export const operatorInput = {
  newClient: (metadata: object) => parseDocument(NewClientDocument, metadata),
  secretRotation: (rotation: object) => parseDocument(SecretRotationDocument, rotation),
  clientQuery: (query: object) => parseDocument(ClientQuery, query, QUERY),
  userQuery: (query: object) => parseDocument(UserQuery, query, QUERY),
  userRoles: (roles: object) => parseDocument(UserRolesDocument, roles),
  importQuery: (query: object) => parseDocument(ImportQuery, query, QUERY),
  newKey: (key: object) => parseDocument(NewKeyDocument, key),
  keyRevocation: (revocation: object) => parseDocument(KeyRevocationDocument, revocation),
  keyQuery: (query: object) => parseDocument(KeyQuery, query, QUERY),
  newDiagnosis: (diagnosis: object) => parseDocument(NewDiagnosisDocument, diagnosis),
  revocation: (revocation: object) => {
    const wanted = parseDocument(NewRevocationDocument, revocation);
    return { order: revocationOrderOf(wanted), reason: wanted.reason };
  },
  auditQuery: (query: object) => {
    const { limit, cursor, ...search } = parseDocument(AuditQuery, query, QUERY);
    return { limit, cursor, filter: filterOf(search) };
  },
  auditFilter: (search: object) => filterOf(parseDocument(AuditSearch, search, QUERY)),
};
