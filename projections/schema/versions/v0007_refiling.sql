-- Whose a document is the ledger says. A row that says otherwise shows it to another person, and adding the right
-- one does not take it away.
GRANT DELETE ON projection.dossiers TO bagalau_projector;
CREATE POLICY projector_delete ON projection.dossiers FOR DELETE TO bagalau_projector USING (true);
