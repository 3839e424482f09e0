-- Rejections are purged by a process of its own under the role that may delete them.
GRANT SELECT, INSERT, UPDATE, DELETE ON ledger.heartbeats TO bagalau_destroyer;
