"""Property names and forms of directory objects.

From the v1.0 metadata document of August 2026.
"""

from ostiary.tenant.surface.schema.forms import Forms

DIRECTORY_TYPES = {
    "user": Forms(
        instant=(
            "birthday createdDateTime deletedDateTime employeeHireDate employeeLeaveDateTime "
            "externalUserStateChangeDateTime hireDate lastPasswordChangeDateTime "
            "onPremisesLastSyncDateTime signInSessionsValidFromDateTime"
        ),
        text=(
            "aboutMe ageGroup city companyName consentProvidedForMinor country creationType "
            "department displayName employeeId employeeType externalUserState faxNumber "
            "givenName identityParentId jobTitle legalAgeGroupClassification mail mailNickname "
            "mobilePhone mySite officeLocation onPremisesDistinguishedName onPremisesDomainName "
            "onPremisesImmutableId onPremisesSamAccountName onPremisesSecurityIdentifier "
            "onPremisesUserPrincipalName passwordPolicies postalCode preferredDataLocation "
            "preferredLanguage preferredName securityIdentifier state streetAddress surname "
            "usageLocation userPrincipalName userType"
        ),
        flag=(
            "accountEnabled isManagementRestricted isResourceAccount onPremisesSyncEnabled "
            "showInAddressList"
        ),
        many_complex=(
            "assignedLicenses assignedPlans identities licenseAssignmentStates "
            "onPremisesProvisioningErrors provisionedPlans serviceProvisioningErrors"
        ),
        complex=(
            "authorizationInfo customSecurityAttributes employeeOrgData mailboxSettings "
            "onPremisesExtensionAttributes passwordProfile print signInActivity"
        ),
        many_text=(
            "businessPhones imAddresses interests otherMails pastProjects proxyAddresses "
            "responsibilities schools skills"
        ),
        number="deviceEnrollmentLimit",
    ),
    "group": Forms(
        instant=(
            "createdDateTime deletedDateTime expirationDateTime onPremisesLastSyncDateTime "
            "renewedDateTime"
        ),
        text=(
            "accessType classification description displayName mail mailNickname membershipRule "
            "membershipRuleProcessingState onPremisesDomainName onPremisesNetBiosName "
            "onPremisesSamAccountName onPremisesSecurityIdentifier organizationId "
            "preferredDataLocation preferredLanguage securityIdentifier theme uniqueName "
            "visibility"
        ),
        flag=(
            "allowExternalSenders autoSubscribeNewMembers hasMembersWithLicenseErrors "
            "hideFromAddressLists hideFromOutlookClients isArchived isAssignableToRole "
            "isFavorite isManagementRestricted isSubscribedByMail mailEnabled "
            "onPremisesSyncEnabled securityEnabled welcomeMessageEnabled"
        ),
        many_complex=(
            "assignedLabels assignedLicenses onPremisesProvisioningErrors serviceProvisioningErrors"
        ),
        many_text=(
            "groupTypes infoCatalogs proxyAddresses resourceBehaviorOptions "
            "resourceProvisioningOptions"
        ),
        complex="licenseProcessingState onPremisesExtensionAttributes",
        number="unseenConversationsCount unseenCount unseenMessagesCount",
    ),
    "servicePrincipal": Forms(
        instant="createdDateTime deletedDateTime",
        flag="accountEnabled appRoleAssignmentRequired isDisabled",
        many_complex=(
            "addIns appRoles keyCredentials oauth2PermissionScopes passwordCredentials "
            "resourceSpecificApplicationPermissions"
        ),
        many_text=(
            "alternativeNames notificationEmailAddresses replyUrls servicePrincipalNames tags"
        ),
        text=(
            "appDescription appDisplayName appId applicationTemplateId createdByAppId "
            "description disabledByMicrosoftStatus displayName homepage loginUrl logoutUrl "
            "notes preferredSingleSignOnMode preferredTokenSigningKeyThumbprint "
            "servicePrincipalType signInAudience"
        ),
        guid="appOwnerOrganizationId tokenEncryptionKeyId",
        complex="customSecurityAttributes info samlSingleSignOnSettings verifiedPublisher",
    ),
    "application": Forms(
        instant="createdDateTime deletedDateTime",
        many_complex="addIns appRoles keyCredentials passwordCredentials requiredResourceAccess",
        complex=(
            "api authenticationBehaviors certification info logo optionalClaims "
            "parentalControlSettings publicClient requestSignatureVerification "
            "servicePrincipalLockConfiguration spa verifiedPublisher web"
        ),
        text=(
            "appId applicationTemplateId createdByAppId defaultRedirectUri description "
            "disabledByMicrosoftStatus displayName groupMembershipClaims "
            "nativeAuthenticationApisEnabled notes publisherDomain samlMetadataUrl "
            "serviceManagementReference signInAudience uniqueName"
        ),
        many_text="identifierUris managerApplications tags",
        flag=(
            "isDeviceOnlyAuthSupported isDisabled isFallbackPublicClient oauth2RequirePostResponse"
        ),
        guid="tokenEncryptionKeyId",
    ),
    "device": Forms(
        instant=(
            "approximateLastSignInDateTime complianceExpirationDateTime deletedDateTime "
            "onPremisesLastSyncDateTime registrationDateTime"
        ),
        flag=(
            "accountEnabled isCompliant isManaged isManagementRestricted isRooted "
            "onPremisesSyncEnabled"
        ),
        many_complex="alternativeSecurityIds",
        text=(
            "deviceCategory deviceId deviceMetadata deviceOwnership displayName "
            "enrollmentProfileName enrollmentType managementType manufacturer mdmAppId model "
            "onPremisesSecurityIdentifier operatingSystem operatingSystemVersion profileType "
            "trustType"
        ),
        number="deviceVersion",
        many_text="physicalIds systemLabels",
    ),
    "orgContact": Forms(
        instant="deletedDateTime onPremisesLastSyncDateTime",
        many_complex="addresses onPremisesProvisioningErrors phones serviceProvisioningErrors",
        text="companyName department displayName givenName jobTitle mail mailNickname surname",
        flag="onPremisesSyncEnabled",
        many_text="proxyAddresses",
    ),
    "administrativeUnit": Forms(
        instant="deletedDateTime",
        text=(
            "description displayName membershipRule membershipRuleProcessingState "
            "membershipType visibility"
        ),
        flag="isMemberManagementRestricted",
    ),
    "directoryRole": Forms(
        instant="deletedDateTime",
        text="description displayName roleTemplateId",
    ),
}
