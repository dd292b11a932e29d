"""Property names and forms of everything that is not a directory object.

From the v1.0 metadata document of August 2026.
"""

from ostiary.tenant.surface.schema.forms import Forms

OTHER_TYPES = {
    "organization": Forms(
        instant="createdDateTime deletedDateTime onPremisesLastSyncDateTime",
        many_complex="assignedPlans provisionedPlans verifiedDomains",
        many_text=(
            "businessPhones marketingNotificationEmails securityComplianceNotificationMails "
            "securityComplianceNotificationPhones technicalNotificationMails"
        ),
        text=(
            "city country countryLetterCode defaultUsageLocation displayName "
            "mobileDeviceManagementAuthority partnerTenantType postalCode preferredLanguage "
            "state street tenantType"
        ),
        flag="onPremisesSyncEnabled",
        complex="privacyProfile",
    ),
    "subscribedSku": Forms(
        text="accountId accountName appliesTo capabilityStatus skuPartNumber",
        number="consumedUnits",
        complex="prepaidUnits",
        many_complex="servicePlans",
        guid="skuId",
        many_text="subscriptionIds",
    ),
    "unifiedRoleDefinition": Forms(
        text="description displayName templateId version",
        flag="isBuiltIn isEnabled",
        many_text="resourceScopes",
        many_complex="rolePermissions",
    ),
    "unifiedRoleAssignment": Forms(
        text=(
            "appScopeId condition directoryScopeId principalId principalOrganizationId "
            "roleDefinitionId"
        ),
    ),
    "unifiedRoleAssignmentScheduleInstance": Forms(
        text=(
            "appScopeId assignmentType directoryScopeId memberType principalId "
            "roleAssignmentOriginId roleAssignmentScheduleId roleDefinitionId"
        ),
        instant="endDateTime startDateTime",
    ),
    "unifiedRoleEligibilityScheduleInstance": Forms(
        text=(
            "appScopeId directoryScopeId memberType principalId roleDefinitionId "
            "roleEligibilityScheduleId"
        ),
        instant="endDateTime startDateTime",
    ),
    "appRoleAssignment": Forms(
        instant="createdDateTime deletedDateTime",
        guid="appRoleId principalId resourceId",
        text="principalDisplayName principalType resourceDisplayName",
    ),
    "domain": Forms(
        text="authenticationType availabilityStatus manufacturer model",
        flag="isAdminManaged isDefault isInitial isRoot isVerified",
        number="passwordNotificationWindowInDays passwordValidityPeriodInDays",
        complex="state",
        many_text="supportedServices",
    ),
    "directoryAudit": Forms(
        instant="activityDateTime",
        text=(
            "activityDisplayName category correlationId loggedByService operationType result "
            "resultReason"
        ),
        many_complex="additionalDetails targetResources",
        complex="initiatedBy",
    ),
    "licenseDetails": Forms(
        many_complex="servicePlans",
        guid="skuId",
        text="skuPartNumber",
    ),
    "synchronizationJob": Forms(
        complex="schedule status",
        many_complex="synchronizationJobSettings",
        text="templateId",
    ),
}
