-- How many codes of letters there are, and how many of them somebody used. Whose account was erased has used one.
SELECT json_build_object('known', count(*), 'used', count(*) FILTER (WHERE EXISTS (
  SELECT FROM users
  WHERE users.document_type = codes.document_type AND users.document_number = codes.document_number)))
FROM local_census_records AS codes
WHERE codes.document_type = '3' AND codes.date_of_birth = '1900-01-01'
