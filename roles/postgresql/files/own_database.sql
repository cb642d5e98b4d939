-- Makes a database its owner's alone; says which databases keep it from that.
-- PostgreSQL lets everybody in, to begin with: also the account of another site.
REVOKE CONNECT, TEMPORARY ON DATABASE :"database" FROM PUBLIC;
-- Of a clone, also what is in it. REASSIGN OWNED takes along every database of
-- that role, whichever it is called in.
SELECT string_agg(datname, ', ') AS others, :'template_owner' <> '' AS cloned
FROM pg_database WHERE pg_get_userbyid(datdba) = :'template_owner' \gset
\if :{?others}
  \echo :others
\elif :cloned
  REASSIGN OWNED BY :"template_owner" TO :"owner";
\endif
