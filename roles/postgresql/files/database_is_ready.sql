-- Says 'ready' when the database is the owner's, and has what Consul expects.
SELECT 'ready'
FROM pg_database
JOIN pg_roles ON pg_roles.oid = pg_database.datdba
WHERE datname = current_database()
  AND rolname = :'owner' AND rolcanlogin AND NOT rolsuper
  AND pg_encoding_to_char(encoding) = 'UTF8'
  AND NOT has_database_privilege('public', pg_database.oid, 'CONNECT')
  AND (NOT :'create_schemas' OR 2 = (
    SELECT count(*) FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace
    WHERE extname IN ('pg_trgm', 'unaccent')
      AND nspname = 'shared_extensions' AND pg_get_userbyid(nspowner) = :'owner'
      AND has_schema_privilege('public', pg_namespace.oid, 'USAGE')
  ))
  -- A clone whose tables are still the template's was left half-way.
  AND NOT EXISTS (SELECT FROM pg_class WHERE pg_get_userbyid(relowner) = :'template_owner');
