"""Prompts: versions that are never changed, what they say for given values, and which is live where and when."""

from bee.coach.prompts.registry import Deployment, PromptVersion, deployments, live_version, prompt_versions
from bee.coach.prompts.template import Parameters, Rendered, Template, render

__all__ = [
    "Deployment",
    "Parameters",
    "PromptVersion",
    "Rendered",
    "Template",
    "deployments",
    "live_version",
    "prompt_versions",
    "render",
]
