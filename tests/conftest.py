"""What holds for every test: hypothesis has no deadline, since a busy machine is no defect."""

from hypothesis import settings

settings.register_profile("whoheard", deadline=None)
settings.load_profile("whoheard")
