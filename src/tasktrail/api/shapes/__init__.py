"""What is read from requests, and what answers look like: the schemas of the OpenAPI document."""
