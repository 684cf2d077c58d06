from __future__ import annotations

import pytest

# Behaviours assert as tests do, in modules that are none.
pytest.register_assert_rewrite("conformance.behaviours")
